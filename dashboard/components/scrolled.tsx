import type { ReactNode } from 'react';
import styles from './scrolled.module.css';

/** A table wider than a phone scrolls in its own box, by keyboard too. */
export function Scrolled({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the only way to scroll it without a pointer
    <section aria-label={label} tabIndex={0} className={styles.scrolled}>
      {children}
    </section>
  );
}
