// A chart that the engine drew as SVG text, and the way to take it along as SVG or PNG.
import { html, type TemplateResult } from 'lit';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';

/** `name` is the file's, without its suffix. The chart's text is ours: what it quotes is escaped where it is drawn. */
export function chart(svg: string, name: string, save: (fileName: string, content: string) => void): TemplateResult {
  return html`
    <figure class="svg-chart">
      ${unsafeHTML(svg)}
      <figcaption>
        Save as
        <button type="button" class="link" aria-label="Save ${name} as SVG" @click=${() => save(`${name}.svg`, withColors(svg))}>SVG</button>
        <button type="button" class="link" aria-label="Save ${name} as PNG" @click=${() => void savePng(svg, name, save)}>PNG</button>
      </figcaption>
    </figure>
  `;
}

/** The theme's colours in place of their names: a file is opened where there is no theme. */
function withColors(svg: string): string {
  const style = getComputedStyle(document.documentElement);
  const colored = svg.replaceAll(
    /var\((--[\w-]+), ([^)]+)\)/g,
    (_, name: string, other: string) => style.getPropertyValue(name).trim() || other,
  );
  const ground = style.getPropertyValue('--vscode-editor-background').trim() || '#ffffff';
  return colored.replace(/(<svg[^>]*>)/, `$1<rect width="100%" height="100%" fill="${ground}"/>`);
}

/** Twice the size, for screens of many pixels. */
async function savePng(svg: string, name: string, save: (fileName: string, content: string) => void): Promise<void> {
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(withColors(svg))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = 2 * image.width;
  canvas.height = 2 * image.height;
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  save(`${name}.png`, canvas.toDataURL('image/png'));
}
