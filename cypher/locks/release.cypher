// Release a lock, if this owner still holds it
//
// Params
//   $name   string
//   $owner  string
// Writes
//   deletes (:Lock)
MATCH (lock:Lock {name: $name})
// As in locks/take: write first, then read.
SET lock.asked_at = datetime.realtime()
WITH lock
WHERE lock.owner = $owner
DELETE lock
