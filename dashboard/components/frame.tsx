import { type ReactNode, useState } from 'react';
import { useLocation } from 'wouter';
import { LogCall } from '../pages/calls/log-call.tsx';
import { useKeys, useMay, useSituation } from '../services.tsx';
import { About } from './about.tsx';
import { Announcer } from './announcer.tsx';
import { FollowUpStrip } from './follow-up-strip.tsx';
import styles from './frame.module.css';
import { Help } from './help.tsx';
import { HighStrip } from './high-strip.tsx';
import { Mistrust } from './mistrust.tsx';
import { PageBoundary } from './page-boundary.tsx';
import { KeepPhoneList } from './phone-list.tsx';
import { Rail } from './rail.tsx';
import { TechnicalStrip } from './technical-strip.tsx';
import { WatchBar } from './watch-bar.tsx';

/** Around every page: the watch bar that never scrolls away, the way to the other pages, what is wrong with the screen. */
export function Frame({ children }: { children: ReactNode }) {
  const [location] = useLocation();
  const [help, setHelp] = useState(false);
  const mayLog = useMay('call.write');
  const [logging, setLogging] = useState({ open: false, asked: 0 });
  const logCall = () => setLogging(({ asked }) => ({ open: true, asked: asked + 1 }));
  const untrusted = useSituation(({ watch }) => watch.at === 'stale' || watch.at === 'not-monitored');
  useKeys((key, event) => {
    if (key === '?') setHelp(true);
    if (key === 'c' && mayLog) {
      // The letter opens the window and is not typed into it.
      event.preventDefault();
      logCall();
    }
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
      <WatchBar onHelp={() => setHelp(true)} onLogCall={mayLog ? logCall : null} />
      <Rail />
      <div className={styles.page}>
        <Mistrust />
        {location !== '/' && <HighStrip />}
        {location !== '/fleet' && <TechnicalStrip />}
        <FollowUpStrip />
        <main id="main" tabIndex={-1} className={styles.main} data-untrusted={untrusted}>
          <PageBoundary place={location}>{children}</PageBoundary>
        </main>
        <About />
      </div>
      <KeepPhoneList />
      <Announcer />
      {mayLog && <LogCall {...logging} onClose={() => setLogging((before) => ({ ...before, open: false }))} />}
      <Help open={help} onClose={() => setHelp(false)} />
    </div>
  );
}
