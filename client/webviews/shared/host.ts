// The panel's line to the extension, typed, with a small state that survives a reload of the panel.

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

export interface Host<From, State> {
  post(message: From): void;
  /** What `remember` was last given, or undefined the first time. */
  readonly remembered: State | undefined;
  remember(state: State): void;
}

/** Once a panel. `receive` gets every message of the extension. */
export function connect<To, From, State = never>(receive: (message: To) => void): Host<From, State> {
  const api = acquireVsCodeApi();
  window.addEventListener('message', ({ data }: MessageEvent<To>) => receive(data));
  return {
    post: (message) => api.postMessage(message),
    remembered: api.getState() as State | undefined,
    remember: (state) => api.setState(state),
  };
}
