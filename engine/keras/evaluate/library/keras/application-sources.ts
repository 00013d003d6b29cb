// The one table of `keras.applications`: each module's own source and the models in it. To add one: a source, a line here.

import { DENSENET } from './applications/densenet.ts';
import { EFFICIENTNET } from './applications/efficientnet.ts';
import { IMAGENET_UTILS } from './applications/imagenet-utils.ts';
import { INCEPTION } from './applications/inception.ts';
import { MOBILENET, MOBILENET_V2 } from './applications/mobilenet.ts';
import { RESNET, RESNET_V2 } from './applications/resnet.ts';
import { VGG } from './applications/vgg.ts';
import { XCEPTION } from './applications/xception.ts';

interface ApplicationSource {
  readonly text: string;
  readonly names: readonly string[];
}

export const APPLICATION_SOURCES: { readonly [module: string]: ApplicationSource } = {
  imagenet_utils: { text: IMAGENET_UTILS, names: [] },
  vgg16: { text: VGG, names: ['VGG16', 'VGG19'] },
  resnet: { text: RESNET, names: ['ResNet50', 'ResNet101', 'ResNet152'] },
  resnet_v2: { text: RESNET_V2, names: ['ResNet50V2', 'ResNet101V2', 'ResNet152V2'] },
  mobilenet: { text: MOBILENET, names: ['MobileNet'] },
  mobilenet_v2: { text: MOBILENET_V2, names: ['MobileNetV2'] },
  densenet: { text: DENSENET, names: ['DenseNet121', 'DenseNet169', 'DenseNet201'] },
  efficientnet: { text: EFFICIENTNET, names: Array.from({ length: 8 }, (_, number) => `EfficientNetB${number}`) },
  xception: { text: XCEPTION, names: ['Xception'] },
  inception_v3: { text: INCEPTION, names: ['InceptionV3'] },
};
