/** Colours of the canvas, read from the tokens of the theme in force. */
export type Palette = {
  ink: string;
  ink2: string;
  line: string;
  link: string;
  hatch: string;
  surface: string;
  high: string;
  medium: string;
  low: string;
};

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  return {
    ink: token('--ink'),
    ink2: token('--ink-2'),
    line: token('--line'),
    link: token('--link'),
    hatch: token('--hatch'),
    surface: token('--surface'),
    high: token('--high'),
    medium: token('--medium'),
    low: token('--low'),
  };
}
