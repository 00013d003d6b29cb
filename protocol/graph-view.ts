// A graph as a picture shows it: ops as nodes, tensors as edges and rows, with what is known of their quantization.

import type { ErrorMetrics } from '../engine/error-analysis/report.ts';

export interface GraphNode {
  /** Name of the op, unique in the graph; `input:…` and `output:…` for the ends. */
  readonly id: string;
  /** TFLite operator, `Input` or `Output`. */
  readonly op: string;
  /** Keras layers that the op computes. */
  readonly layers: readonly string[];
  /** `32×32×16` of the first output. */
  readonly shape: string;
  /** How the target runs it. `boundary`: goes between real numbers and codes. */
  readonly run: 'integer' | 'float' | 'boundary' | 'unsupported' | 'end';
  /** Why it stays float or is not supported. */
  readonly reason?: string;
  /** Same-scale group, from 0: its tensors share one scale. */
  readonly group?: number;
  /** Fused activation, strides and so on, as rows of a table. */
  readonly options: readonly (readonly [name: string, value: string])[];
  /** Tensors that it reads and writes, by index into `GraphView.tensors`. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly error?: { readonly local: ErrorMetrics; readonly accumulated: ErrorMetrics };
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly tensor: number;
}

export interface TensorRow {
  readonly index: number;
  readonly name: string;
  readonly type: string;
  readonly shape: string;
  /** `0.0235, zero point −128`, or `16 scales along axis 0`. */
  readonly quantization: string;
  readonly bytes: number | null;
  readonly isConstant: boolean;
}

export interface GraphView {
  readonly title: string;
  /** One line: size, multiply-adds, memory. */
  readonly summary: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly tensors: readonly TensorRow[];
  /** What is wrong with the file, a sentence each. */
  readonly problems: readonly string[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A graph with a place for each node and edge, in pixels at zoom 1. */
export interface LaidOutGraph extends GraphView {
  readonly width: number;
  readonly height: number;
  /** In the order of `nodes`: their upper left corners. */
  readonly places: readonly Point[];
  /** In the order of `edges`. */
  readonly lines: readonly (readonly Point[])[];
}

/** Every node is drawn in this size. */
export const NODE_SIZE = { width: 190, height: 44 } as const;
