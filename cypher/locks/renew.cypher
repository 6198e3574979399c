// Renew a lock, if this owner still holds it
//
// Params
//   $name     string
//   $owner    string
//   $lease_s  float, seconds
// Writes
//   (:Lock).expires_at
// Returns
//   held  bool
OPTIONAL MATCH (lock:Lock {name: $name})
// As in locks/take: write first, then read.
SET lock.asked_at = datetime.realtime()
WITH lock, coalesce(lock.owner = $owner, false) AS held
FOREACH (once IN CASE WHEN held THEN [1] ELSE [] END |
  SET lock.expires_at = datetime.realtime() + duration({milliseconds: toInteger(1000 * $lease_s)})
)
RETURN held
