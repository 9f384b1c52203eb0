import { useEffect, useRef } from 'react';
import styles from './help.module.css';

const keys: readonly [string, string][] = [
  ['/', 'search on this page'],
  ['j  k', 'next, previous alert'],
  ['Enter', 'open or fold the chosen alert'],
  ['a', '“I have it” for the chosen alert'],
  ['c', 'log a call'],
  ['?', 'this help'],
  ['Esc', 'close'],
];

export function Help({ open, onClose }: { open: boolean; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="help-title">
      <h2 id="help-title">Keyboard</h2>
      <dl className={styles.keys}>
        {keys.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <p className="muted small">
        ▲ high, ◆ medium, ● low. A filled shape needs somebody; a hollow one has been taken. Hatched: no data.
      </p>
      <p>
        <button type="button" onClick={onClose}>
          Close
        </button>
      </p>
    </dialog>
  );
}
