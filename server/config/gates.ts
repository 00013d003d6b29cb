// The gates of a config, each with its line: tests of the model, in the editor's test view.
import type { Gate } from '../../protocol/language-server.ts';
import { type ConfigSnapshot, places } from './config-snapshot.ts';

export function gatesOf({ yaml, document }: ConfigSnapshot): readonly Gate[] {
  return [...places(yaml)]
    .filter(({ path, part }) => part === 'key' && path.length === 2 && path[0] === 'gates')
    .map(({ path, text, start }) => ({
      name: text,
      limit: String(yaml.getIn(path) ?? ''),
      line: document.positionAt(start).line,
    }));
}
