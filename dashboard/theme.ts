/** Light, dark, or as the device says. */
export type Theme = 'auto' | 'light' | 'dark';

const key = 'dripwatch.theme';
const systemDark = () => matchMedia('(prefers-color-scheme: dark)');

/** The viewer's choice on this device. */
export function readTheme(): Theme {
  const kept = localStorage.getItem(key);
  return kept === 'light' || kept === 'dark' ? kept : 'auto';
}

/** What is shown for a choice. */
export function shownTheme(theme: Theme): 'light' | 'dark' {
  if (theme !== 'auto') return theme;
  return systemDark().matches ? 'dark' : 'light';
}

/** Shows and keeps a choice. Charts hear of it through the `themechange` event on the document. */
export function applyTheme(theme: Theme): void {
  if (theme === 'auto') localStorage.removeItem(key);
  else localStorage.setItem(key, theme);
  document.documentElement.dataset.theme = shownTheme(theme);
  document.dispatchEvent(new Event('themechange'));
}

/** Follows the device while the choice is `auto`. Returns its close. */
export function followSystemTheme(): () => void {
  const query = systemDark();
  const changed = () => {
    if (readTheme() === 'auto') applyTheme('auto');
  };
  query.addEventListener('change', changed);
  return () => query.removeEventListener('change', changed);
}
