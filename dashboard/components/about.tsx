import styles from './about.module.css';

/** What this is in the standard's terms, on every page. */
export function About() {
  return (
    <footer className={styles.about}>
      <p>
        Dripwatch is a distributed information system in the terms of IEC 60601-1-8. It does not replace the pump’s own
        alarm and never controls a pump. Demo library: NOT FOR CLINICAL USE.
      </p>
    </footer>
  );
}
