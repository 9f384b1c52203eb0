copy telemetry (at, pump_id, epoch_no, seq, infusion, state, rate_ml_per_h, infused_ml, vtbi_remaining_ml, reservoir_ml,
                pressure_kpa, battery_pct, mains, temperature_c, signal_dbm, pump_at, received_at, late, field_errors)
from stdin (format binary)
