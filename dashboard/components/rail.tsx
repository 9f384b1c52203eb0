import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { Link, useLocation } from 'wouter';
import { type Action, may } from '#schemas/http/permissions.ts';
import { useServices } from '../services.tsx';
import { icons } from './icons.ts';
import styles from './rail.module.css';

/** `beside`: pages that are reached from it. */
type Entry = { path: string; name: string; icon: keyof typeof icons; needs: Action; beside?: readonly string[] };

/** In the order of use; a phone's bar holds the first ones that a role may use, the rest stand under "More". */
const entries: readonly Entry[] = [
  { path: '/', name: 'Alerts', icon: 'alerts', needs: 'read' },
  {
    path: '/calls',
    name: 'Calls',
    icon: 'calls',
    needs: 'call.read',
    beside: ['/hand-over', '/downtime-list', '/guidance'],
  },
  { path: '/pumps', name: 'Pumps', icon: 'pumps', needs: 'read' },
  { path: '/infusions', name: 'Infusions', icon: 'infusions', needs: 'read' },
  { path: '/orders', name: 'Orders', icon: 'orders', needs: 'patient.read' },
  { path: '/on-call', name: 'On call', icon: 'onCall', needs: 'system.read' },
  { path: '/library', name: 'Library', icon: 'library', needs: 'library.write' },
  { path: '/rules', name: 'Rules', icon: 'rules', needs: 'rules.write' },
  { path: '/reports', name: 'Reports', icon: 'reports', needs: 'system.read' },
  { path: '/fleet', name: 'Fleet', icon: 'fleet', needs: 'technical.read' },
  { path: '/system', name: 'System', icon: 'system', needs: 'system.read' },
];

/** So many fit beside each other under a thumb. */
const mostOnPhone = 5;
const narrow = '(max-width: 799px)';

/** The way to the other pages: a rail at the left, on a phone a bar at the bottom. */
export function Rail() {
  const { session } = useServices();
  const isNarrow = useMedia(narrow);
  const allowed = entries.filter(({ needs }) => may(session.user.role, needs));
  const shown = isNarrow && allowed.length > mostOnPhone ? allowed.slice(0, mostOnPhone - 1) : allowed;
  const rest = allowed.slice(shown.length);
  return (
    <nav className={styles.rail} aria-label="Pages">
      <ul>
        {shown.map((entry) => (
          <li key={entry.path}>
            <Way entry={entry} />
          </li>
        ))}
        {rest.length > 0 && (
          <li>
            <More entries={rest} />
          </li>
        )}
      </ul>
    </nav>
  );
}

function Way({ entry }: { entry: Entry }) {
  const { path, name, icon } = entry;
  const [location] = useLocation();
  return (
    <Link href={path} aria-current={isHere(entry, location) ? 'page' : undefined} className={styles.entry}>
      <Icon icon={icon} />
      {name}
    </Link>
  );
}

function More({ entries: rest }: { entries: readonly Entry[] }) {
  const [location] = useLocation();
  const menu = useRef<HTMLDetailsElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it closes once another page was chosen
  useEffect(() => {
    if (menu.current !== null) menu.current.open = false;
  }, [location]);
  return (
    <details ref={menu} className={styles.more} name="more-pages">
      <summary className={styles.entry} data-here={rest.some((entry) => isHere(entry, location))}>
        <Icon icon="more" />
        More
      </summary>
      <ul className={styles.menu}>
        {rest.map((entry) => (
          <li key={entry.path}>
            <Way entry={entry} />
          </li>
        ))}
      </ul>
    </details>
  );
}

function Icon({ icon }: { icon: keyof typeof icons }) {
  return (
    <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
      <path d={icons[icon]} />
    </svg>
  );
}

const isHere = ({ path, beside = [] }: Entry, location: string): boolean =>
  path === '/' ? location === '/' : [path, ...beside].some((start) => location.startsWith(start));

function useMedia(query: string): boolean {
  const [media] = useState(() => window.matchMedia(query));
  return useSyncExternalStore(
    (tell) => {
      media.addEventListener('change', tell);
      return () => media.removeEventListener('change', tell);
    },
    () => media.matches,
  );
}
