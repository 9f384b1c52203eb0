import { QueryClient, QueryClientProvider, useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import * as z from 'zod';
import { type Session, session as sessionSchema } from '#schemas/http/shapes.ts';
import { Frame } from './components/frame.tsx';
import { Empty, Failed, Loading } from './components/states.tsx';
import { createHttp, type Http, RequestError } from './http.ts';
import { AlertsPage } from './pages/alerts/alerts-page.tsx';
import { PumpsPage } from './pages/pumps/pumps-page.tsx';
import { SignIn } from './pages/sign-in/sign-in.tsx';
import { WallPage } from './pages/wall/wall-page.tsx';
import { onNotificationOpened } from './push/opened.ts';
import { type Screen, startScreen } from './screen.ts';
import { ServicesProvider } from './services.tsx';

const PumpPage = lazy(() => import('./pages/pump/pump-page.tsx'));
const InfusionsPage = lazy(() => import('./pages/infusions/infusions-page.tsx'));
const InfusionPage = lazy(() => import('./pages/infusions/infusion-page.tsx'));
const SystemPage = lazy(() => import('./pages/system/system-page.tsx'));
const OrdersPage = lazy(() => import('./pages/care/orders-page.tsx'));
const TherapyPage = lazy(() => import('./pages/care/therapy-page.tsx'));
const ContactSheetPage = lazy(() => import('./pages/care/contact-sheet.tsx'));
const LibraryPage = lazy(() => import('./pages/library/library-page.tsx'));
const RolloutsPage = lazy(() => import('./pages/library/rollouts-page.tsx'));
const RolloutPage = lazy(() => import('./pages/library/rollout-page.tsx'));
const LibraryVersionPage = lazy(() => import('./pages/library/version-page.tsx'));
const RulesPage = lazy(() => import('./pages/rules/rules-page.tsx'));
const RuleSetPage = lazy(() => import('./pages/rules/rule-set-page.tsx'));
const OnCallPage = lazy(() => import('./pages/on-call/on-call-page.tsx'));
const ReportsPage = lazy(() => import('./pages/reports/reports-page.tsx'));
const ReachPage = lazy(() => import('./pages/reach/reach-page.tsx'));
const EverybodyPage = lazy(() => import('./pages/reach/everybody-page.tsx'));
const AnswerPage = lazy(() => import('./pages/reach/answer-page.tsx'));
const CallsPage = lazy(() => import('./pages/calls/calls-page.tsx'));
const HandOverPage = lazy(() => import('./pages/hand-over/hand-over-page.tsx'));
const SignedPage = lazy(() => import('./pages/hand-over/signed-page.tsx'));
const DowntimePage = lazy(() => import('./pages/hand-over/downtime-page.tsx'));
const GuidancePage = lazy(() => import('./pages/guidance/guidance-page.tsx'));
const FleetPage = lazy(() => import('./pages/fleet/fleet-page.tsx'));

export function App() {
  const [client] = useState(
    () =>
      new QueryClient({
        defaultOptions: {
          queries: {
            staleTime: 2_000,
            retry: (failures, error) => failures < 2 && (!(error instanceof RequestError) || error.status >= 500),
          },
        },
      }),
  );
  const [http] = useState(() => createHttp(() => client.getQueryData<Session | null>(['session'])?.csrfToken ?? null));
  const [, navigate] = useLocation();
  useEffect(() => onNotificationOpened(navigate), [navigate]);
  return (
    <QueryClientProvider client={client}>
      <Gate http={http} />
    </QueryClientProvider>
  );
}

/** Nothing without a session; the session is asked for again whenever the live link breaks. */
function Gate({ http }: { http: Http }) {
  const client = useQueryClient();
  const query = useQuery({
    queryKey: ['session'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => {
      try {
        return await http('/session', sessionSchema, { signal });
      } catch (error) {
        if (error instanceof RequestError && error.status === 401) return null;
        throw error;
      }
    },
  });
  if (query.data) {
    return <SignedIn key={query.data.user.id + query.data.csrfToken} http={http} session={query.data} />;
  }
  if (query.isPending) return <Loading what="Dripwatch" />;
  if (query.isError) return <Failed what="Dripwatch" error={query.error} retry={() => void query.refetch()} />;
  return <SignIn http={http} onSignedIn={(session) => client.setQueryData(['session'], session)} />;
}

function SignedIn({ http, session }: { http: Http; session: Session }) {
  const client = useQueryClient();
  const [screen, setScreen] = useState<Screen | null>(null);
  useEffect(() => {
    const started = startScreen(() => void client.refetchQueries({ queryKey: ['session'] }));
    setScreen(started);
    return started.close;
  }, [client]);

  async function signOut(): Promise<void> {
    await http('/session', z.unknown(), { method: 'DELETE' });
    client.clear();
    client.setQueryData(['session'], null);
  }

  if (screen === null) return null;
  return (
    <ServicesProvider services={{ http, session, signOut, ...screen }}>
      {session.user.role === 'display' ? <WallPage /> : <Pages />}
    </ServicesProvider>
  );
}

/** Every page of who signed in to work. */
function Pages() {
  return (
    <Frame>
      <Suspense fallback={<Loading what="the page" />}>
        <Switch>
          <Route path="/" component={AlertsPage} />
          <Route path="/pumps" component={PumpsPage} />
          <Route path="/pumps/:id">{({ id }) => <PumpPage key={id} id={decodeURIComponent(id)} />}</Route>
          <Route path="/infusions" component={InfusionsPage} />
          <Route path="/infusions/:id">{({ id }) => <InfusionPage key={id} id={decodeURIComponent(id)} />}</Route>
          <Route path="/system" component={SystemPage} />
          <Route path="/orders" component={OrdersPage} />
          <Route path="/therapies/:id">{({ id }) => <TherapyPage key={id} id={decodeURIComponent(id)} />}</Route>
          <Route path="/patients/:id">{({ id }) => <ContactSheetPage key={id} id={decodeURIComponent(id)} />}</Route>
          <Route path="/library" component={LibraryPage} />
          <Route path="/library/roll-out" component={RolloutsPage} />
          <Route path="/library/roll-out/:id">{({ id }) => <RolloutPage key={id} id={id} />}</Route>
          <Route path="/library/:id/:version">
            {({ id, version }) => <LibraryVersionPage key={`${id} ${version}`} id={id} version={version} />}
          </Route>
          <Route path="/reach" component={ReachPage} />
          <Route path="/reach/everybody" component={EverybodyPage} />
          <Route path="/reach/answer/:delivery">
            {({ delivery }) => <AnswerPage key={delivery} delivery={decodeURIComponent(delivery)} />}
          </Route>
          <Route path="/rules" component={RulesPage} />
          <Route path="/rules/:version">{({ version }) => <RuleSetPage key={version} version={version} />}</Route>
          <Route path="/calls" component={CallsPage} />
          <Route path="/hand-over" component={HandOverPage} />
          <Route path="/hand-over/:id">{({ id }) => <SignedPage key={id} id={decodeURIComponent(id)} />}</Route>
          <Route path="/downtime-list" component={DowntimePage} />
          <Route path="/guidance" component={GuidancePage} />
          <Route path="/fleet" component={FleetPage} />
          <Route path="/on-call" component={OnCallPage} />
          <Route path="/reports" component={ReportsPage} />
          <Route path="/alerts">
            <Redirect to="/" replace />
          </Route>
          <Route>
            <Empty whole title="There is no such page">
              <a href="/">Go to the alerts</a>
            </Empty>
          </Route>
        </Switch>
      </Suspense>
    </Frame>
  );
}
