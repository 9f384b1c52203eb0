import { useBoard } from '../../services.tsx';
import { AlertCard } from '../alerts/alert-card.tsx';
import { groupAlerts } from '../alerts/alert-order.ts';

/** What of this pump stands on the board now, answerable here too. */
export function PumpAlerts({ pumpId }: { pumpId: string }) {
  const board = useBoard();
  const own = board.filter((alert) => alert.pump === pumpId && alert.condition === 'active');
  return groupAlerts(own).map((group) => <AlertCard key={group.key} group={group} chosen={false} />);
}
