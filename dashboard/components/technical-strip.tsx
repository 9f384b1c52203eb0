import { Link } from 'wouter';
import { useMay, useTechnical } from '../services.tsx';
import { Age } from './age.tsx';
import styles from './technical-strip.module.css';

/** On every page of whoever looks after the platform: what concerns the platform itself. */
export function TechnicalStrip() {
  const allowed = useMay('technical.read');
  const platform = useTechnical().filter((alert) => alert.audience === 'technical-on-call');
  if (!allowed || platform.length === 0) return null;
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
