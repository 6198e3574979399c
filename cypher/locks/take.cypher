// Take a lock, unless another owner holds it
//
// The database's clock decides whether a lease is over, so the clocks of the machines do not matter.
//
// Params
//   $name     string, such as "load"
//   $owner    string, of the process that asks
//   $about    map {host, pid, ...} that describes this owner
//   $lease_s  float, seconds the lock is held without being renewed
//   $dead = null  string or null, an owner that is known to be dead
// Writes
//   (:Lock), if it is free
// Returns
//   holder  map: the properties of the lock; its owner is $owner if it was free
//   before  string or null, the owner before
MERGE (lock:Lock {name: $name})
// This write waits for other transactions that touch the lock; what is read afterwards is true until the commit.
SET lock.asked_at = datetime.realtime()
WITH lock, lock.owner AS before, lock.owner IS NULL OR lock.owner = $dead OR lock.expires_at <= datetime.realtime() AS free
FOREACH (once IN CASE WHEN free THEN [1] ELSE [] END |
  SET lock = $about
  SET lock.name = $name, lock.owner = $owner, lock.since = datetime.realtime(),
      lock.expires_at = datetime.realtime() + duration({milliseconds: toInteger(1000 * $lease_s)})
)
RETURN properties(lock) AS holder, before
