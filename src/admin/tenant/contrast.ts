/** A color as style sheets write it: `#rrggbb`. */
export type Colour = string;

/** What ordinary text needs (WCAG 2.2, 1.4.3). */
export const readable = 4.5;

/** How well one color is read on another: 1 (not at all) to 21 (WCAG 2.2, contrast ratio). */
export function contrast(colour: Colour, second: Colour): number {
  const [light, dark] = [luminance(colour), luminance(second)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** Of two inks, the one that is read better on a ground. */
export function inkOn(ground: Colour, dark: Colour, light: Colour): Colour {
  return contrast(dark, ground) >= contrast(light, ground) ? dark : light;
}

/** Relative luminance (WCAG 2.2), from sRGB. */
function luminance(colour: Colour): number {
  const [red, green, blue] = [1, 3, 5].map((at) => linear(Number.parseInt(colour.slice(at, at + 2), 16) / 255)) as [
    number,
    number,
    number,
  ];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const linear = (channel: number): number => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4);
