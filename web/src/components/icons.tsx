/** Icons on a grid of 20, drawn with strokes of 1.5 in the color of the text. */
const paths = {
  add: 'M10 4v12M4 10h12',
  arrowDown: 'M10 4v12M5 11l5 5 5-5',
  arrowUp: 'M10 16V4M5 9l5-5 5 5',
  block: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M5 5l10 10',
  book: 'M4 4h5a2 2 0 0 1 1 1 2 2 0 0 1 1-1h5v11h-5a1 1 0 0 0-1 1 1 1 0 0 0-1-1H4zM10 5v11',
  certificate:
    'M3 4h14v9h-4M3 4v9h5M10.5 15a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5M9 14.500v3.500l1.500-1 1.500 1v-3.500M6 7h8',
  check: 'M4 10l4 4 8-8',
  chevronDown: 'M5 8l5 5 5-5',
  chevronRight: 'M8 5l5 5-5 5',
  clock: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M10 6v4l3 2',
  close: 'M5 5l10 10M15 5L5 15',
  code: 'M7 6l-4 4 4 4M13 6l4 4-4 4',
  columns: 'M3 4h14v12H3zM8 4v12M12.500 4v12',
  copy: 'M7 7h9v9H7zM4 13V4h9',
  delete: 'M4 6h12M8 6V4h4v2M6 6l1 11h6l1-11M9 9v5M11 9v5',
  device: 'M3 5h14v8H3zM1.500 16h17',
  download: 'M10 3v9M6 9l4 4 4-4M4 16h12',
  edit: 'M4 16l1-4 8-8 3 3-8 8zM11 6l3 3',
  error: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M10 6.500v4.500M10 13.200v.3',
  filter: 'M3 5h14M6 10h8M8.500 15h3',
  globe: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M3 10h14M10 3c-5 4-5 10 0 14M10 3c5 4 5 10 0 14',
  group:
    'M7.500 9a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5M2.500 16c0-3 2-5 5-5s5 2 5 5zM13 9a2 2 0 1 0 0-4M14.500 11.200c2 .5 3 2.300 3 4.800',
  home: 'M3 10l7-6 7 6M5 8.500V16h3.500v-4h3v4H15V8.500',
  info: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M10 9v4.500M10 6.500v.3',
  key: 'M7 13a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7M10.500 9.500H17v3M14 9.500V12',
  list: 'M4 5h12M4 10h12M4 15h8',
  lock: 'M5 9h10v8H5zM7 9V6.500a3 3 0 0 1 6 0V9',
  menu: 'M3 5h14M3 10h14M3 15h14',
  moon: 'M15.500 12.500A6.500 6.500 0 0 1 7.500 4.500a6.500 6.500 0 1 0 8 8z',
  more: 'M5 10h.1M10 10h.1M15 10h.1',
  person: 'M10 9.500a3 3 0 1 0 0-6 3 3 0 0 0 0 6M4 17c0-3.500 2.500-5.500 6-5.500s6 2 6 5.500z',
  play: 'M6 4l10 6-10 6z',
  refresh: 'M16 10a6 6 0 1 1-2-4.500M14.500 2.500v3.300h-3.300',
  restore: 'M4 10a6 6 0 1 0 2-4.500M5.500 2.500v3.300h3.300M10 7v3.500l2.500 1.500',
  search: 'M9 14A5 5 0 1 0 9 4a5 5 0 0 0 0 10M13 13l4 4',
  settings: 'M3 6h7M14 6h3M12 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4M3 14h3M10 14h7M8 16a2 2 0 1 0 0-4 2 2 0 0 0 0 4',
  shield: 'M10 2.500l6 2V10c0 4-2.500 6.500-6 8-3.500-1.500-6-4-6-8V4.500z',
  sun: 'M10 13.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7M10 2v2M10 16v2M2 10h2M16 10h2M4.500 4.500l1.400 1.400M14.100 14.100l1.400 1.400M4.500 15.500l1.400-1.400M14.100 5.900l1.400-1.400',
  upload: 'M10 13V4M6 7l4-4 4 4M4 16h12',
  warning: 'M10 3l7.500 13.500h-15zM10 8v4M10 14.200v.3',
} as const;

export type IconName = keyof typeof paths;

/** An icon beside a text; it says nothing by itself. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
