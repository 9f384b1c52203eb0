import { Link } from 'wouter';
import { useMay, useTechnical } from '../services.tsx';
import type { BoardAlert } from '../store.ts';
import { Age } from './age.tsx';
import styles from './technical-strip.module.css';

/** What concerns the platform itself, for whoever looks after it; nothing for others. */
export function useAboutPlatform(): readonly BoardAlert[] {
  const allowed = useMay('technical.read');
  const technical = useTechnical();
  return allowed ? technical.filter((alert) => alert.audience === 'technical-on-call') : [];
}

/** On every page of whoever looks after the platform: what concerns the platform itself. */
export function TechnicalStrip() {
  const platform = useAboutPlatform();
  if (platform.length === 0) return null;
  return (
    <section className={styles.strip} aria-label="About the platform">
      {platform.map((alert) => (
        <Link key={alert.id} href="/fleet" className={styles.line}>
          <strong>{alert.message}</strong>
          <Age at={alert.raisedAt} prefix="for " />
        </Link>
      ))}
    </section>
  );
}
