// Take a lock, unless another owner holds it
//
// The database's clock decides whether a lease has expired, so the clocks of the machines do not matter.
//
// Params
//   $name     string, such as "load"
//   $owner    string, id of the requesting process
//   $about    map {host, pid, ...} that describes this owner
//   $lease_s  float, seconds until the lock expires unless it is renewed
//   $dead = null  string or null, an owner whose process is known to have ended
// Writes
//   (:Lock), if it is free
// Returns
//   holder  map: the properties of the lock; its owner is $owner if it was free
//   before  string or null, the previous owner
MERGE (lock:Lock {name: $name})
// This write waits for other transactions that touch the lock; values read afterwards stay valid until the commit.
SET lock.asked_at = datetime.realtime()
WITH lock, lock.owner AS before, lock.owner IS NULL OR lock.owner = $dead OR lock.expires_at <= datetime.realtime() AS free
FOREACH (once IN CASE WHEN free THEN [1] ELSE [] END |
  SET lock = $about
  SET lock.name = $name, lock.owner = $owner, lock.since = datetime.realtime(),
      lock.expires_at = datetime.realtime() + duration({milliseconds: toInteger(1000 * $lease_s)})
)
RETURN properties(lock) AS holder, before
