import { Link, useLocation } from 'wouter';
import { useMay } from '../../services.tsx';
import styles from './calls.module.css';

/** The pages about telephone and shift. */
export function Tabs() {
  const [location] = useLocation();
  const mayCall = useMay('patient.contact');
  const pages: [string, string, boolean][] = [
    ['/calls', 'Calls', true],
    ['/hand-over', 'Hand-over', true],
    ['/downtime-list', 'Downtime list', mayCall],
    ['/guidance', 'What to do', true],
  ];
  return (
    <nav className={styles.tabs} aria-label="Calls and shift">
      {pages
        .filter(([, , shown]) => shown)
        .map(([path, name]) => (
          <Link key={path} href={path} aria-current={location === path ? 'page' : undefined}>
            {name}
          </Link>
        ))}
    </nav>
  );
}
