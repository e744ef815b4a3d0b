import { useState } from 'react';

/** How the pages look: as the system is set, or always one way. */
export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const key = 'cardea-theme';

const stored = (): Theme => themes.find((theme) => theme === localStorage.getItem(key)) ?? 'system';

/** Sets what the style sheets look at. */
export function applyTheme(theme: Theme = stored()): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/** The theme, and how to choose another one; the browser remembers it. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(stored);
  const choose = (next: Theme) => {
    localStorage.setItem(key, next);
    applyTheme(next);
    setTheme(next);
  };
  return [theme, choose];
}
