import { type ReactNode, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { Action } from '#schemas/http/permissions.ts';
import { may } from '#schemas/http/permissions.ts';
import { useKeys, useServices, useSituation } from '../services.tsx';
import { About } from './about.tsx';
import { Announcer } from './announcer.tsx';
import styles from './frame.module.css';
import { Help } from './help.tsx';
import { HighStrip } from './high-strip.tsx';
import { icons } from './icons.ts';
import { Mistrust } from './mistrust.tsx';
import { PageBoundary } from './page-boundary.tsx';
import { TechnicalStrip } from './technical-strip.tsx';
import { WatchBar } from './watch-bar.tsx';

type Entry = { path: string; name: string; icon: keyof typeof icons; needs: Action };

const entries: readonly Entry[] = [
  { path: '/', name: 'Alerts', icon: 'alerts', needs: 'read' },
  { path: '/pumps', name: 'Pumps', icon: 'pumps', needs: 'read' },
  { path: '/infusions', name: 'Infusions', icon: 'infusions', needs: 'read' },
  { path: '/orders', name: 'Orders', icon: 'orders', needs: 'patient.read' },
  { path: '/library', name: 'Library', icon: 'library', needs: 'library.write' },
  { path: '/fleet', name: 'Fleet', icon: 'fleet', needs: 'technical.read' },
  { path: '/system', name: 'System', icon: 'system', needs: 'system.read' },
];

/** Around every page: the watch bar that never scrolls away, the way to the other pages, what is wrong with the screen. */
export function Frame({ children }: { children: ReactNode }) {
  const { session } = useServices();
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
  const here = (path: string) => (path === '/' ? location === '/' : location.startsWith(path));
  return (
    <div className={styles.frame}>
      <a href="#main" className={styles.skip}>
        Skip to the page
      </a>
      <WatchBar onHelp={() => setHelp(true)} />
      <nav className={styles.rail} aria-label="Pages">
        <ul>
          {entries
            .filter((entry) => may(session.user.role, entry.needs))
            .map((entry) => (
              <li key={entry.path}>
                <Link href={entry.path} aria-current={here(entry.path) ? 'page' : undefined} className={styles.entry}>
                  <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
                    <path d={icons[entry.icon]} />
                  </svg>
                  {entry.name}
                </Link>
              </li>
            ))}
        </ul>
      </nav>
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
