import { useQuery } from '@tanstack/react-query';
import { assignment } from '#schemas/http/assignments.ts';
import { page } from '#schemas/http/shapes.ts';
import { workKinds } from '#schemas/rules/announced-work.ts';
import { Choice } from '../../components/form.tsx';
import { useServices } from '../../services.tsx';
import { plain } from '../../words.ts';

const assignments = page(assignment);

/** Work that the caller does now at one of the patient's pumps: what it causes pages nobody for a while. */
export function AnnounceWork({ patient }: { patient: string | null }) {
  const { http } = useServices();
  const query = useQuery({
    queryKey: ['care', 'pumps-of', patient],
    enabled: patient !== null,
    staleTime: 60_000,
    queryFn: ({ signal }) => http(`/assignments?state=open&patient=${patient}`, assignments, { signal }),
  });
  if (patient === null) return <p className="muted small">Work can be announced once the patient is found.</p>;
  const pumps = query.data?.items ?? [];
  if (query.isSuccess && pumps.length === 0) return <p className="muted small">No pump is with this patient.</p>;
  return (
    <>
      <Choice
        label="Work now at pump"
        name="pump"
        options={[['', 'none'], ...pumps.map(({ pump, therapy }) => [pump, `${pump} ${therapy?.drug ?? ''}`] as const)]}
      />
      <Choice label="Kind of work" name="kind" options={workKinds.map((kind) => [kind, plain(kind)] as const)} />
    </>
  );
}
