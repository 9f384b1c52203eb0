import { type ReactNode, useState } from 'react';
import { useLocation } from 'wouter';
import { useKeys, useSituation } from '../services.tsx';
import { About } from './about.tsx';
import { Announcer } from './announcer.tsx';
import styles from './frame.module.css';
import { Help } from './help.tsx';
import { HighStrip } from './high-strip.tsx';
import { Mistrust } from './mistrust.tsx';
import { PageBoundary } from './page-boundary.tsx';
import { Rail } from './rail.tsx';
import { TechnicalStrip } from './technical-strip.tsx';
import { WatchBar } from './watch-bar.tsx';

/** Around every page: the watch bar that never scrolls away, the way to the other pages, what is wrong with the screen. */
export function Frame({ children }: { children: ReactNode }) {
  const [location] = useLocation();
  const [help, setHelp] = useState(false);
  const untrusted = useSituation(({ watch }) => watch.at === 'stale' || watch.at === 'not-monitored');
  useKeys((key, event) => {
    if (key === '?') setHelp(true);
    if (key === '/') {
      const search = document.querySelector<HTMLInputElement>('input[type="search"]');
      if (search === null) return;
      event.preventDefault();
      search.focus();
      search.select();
    }
  });
  return (
    <div className={styles.frame}>
      <a href="#main" className={styles.skip}>
        Skip to the page
      </a>
      <WatchBar onHelp={() => setHelp(true)} />
      <Rail />
      <div className={styles.page}>
        <Mistrust />
        {location !== '/' && <HighStrip />}
        {location !== '/fleet' && <TechnicalStrip />}
        <main id="main" tabIndex={-1} className={styles.main} data-untrusted={untrusted}>
          <PageBoundary place={location}>{children}</PageBoundary>
        </main>
        <About />
      </div>
      <Announcer />
      <Help open={help} onClose={() => setHelp(false)} />
    </div>
  );
}
