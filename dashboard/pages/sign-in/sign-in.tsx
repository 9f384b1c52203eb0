import { type FormEvent, useEffect, useState } from 'react';
import { type Session, session } from '#schemas/http/shapes.ts';
import { About } from '../../components/about.tsx';
import { type Http, RequestError } from '../../http.ts';
import styles from './sign-in.module.css';

export function SignIn({ http, onSignedIn }: { http: Http; onSignedIn: (session: Session) => void }) {
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    document.title = 'Sign in – Dripwatch';
  }, []);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setProblem(null);
    try {
      const body = { email: String(form.get('email')).trim(), password: String(form.get('password')) };
      onSignedIn(await http('/session', session, { method: 'POST', body }));
    } catch (error) {
      const wrong = error instanceof RequestError && (error.status === 401 || error.status === 400);
      if (wrong) setProblem('E-mail address and password do not belong together.');
      else setProblem(error instanceof Error ? error.message : 'Signing in failed.');
      setBusy(false);
    }
  }

  return (
    <div className={styles.page}>
      <main className={styles.box}>
        <h1>Dripwatch</h1>
        <p className="muted">You are signed out. Nothing is being watched on this screen.</p>
        <form onSubmit={(event) => void submit(event)} className={styles.form}>
          <label>
            E-mail
            <input name="email" type="email" autoComplete="username" required />
          </label>
          <label>
            Password
            <input name="password" type="password" autoComplete="current-password" required />
          </label>
          <div role="alert" className={styles.problem}>
            {problem !== null && (
              <p>
                <strong>Not signed in.</strong> {problem}
              </p>
            )}
          </div>
          <button type="submit" data-kind="main" disabled={busy}>
            {busy ? 'Signing in…' : 'Sign in'}
          </button>
        </form>
      </main>
      <About />
    </div>
  );
}
