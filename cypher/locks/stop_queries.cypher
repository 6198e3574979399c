// Stop the queries that an owner of a lock left on the server
//
// A query that manages transactions of its own goes on after the lease of its lock is over, so whoever takes the lock
// stops it first. The metadata of such a query name the owners of its locks.
//
// Params
//   $owner  string
// Returns
//   transaction  string, id of a transaction that was told to stop; no row once there is none
SHOW TRANSACTIONS YIELD transactionId AS id, metaData
WHERE $owner IN metaData.lock_owners
TERMINATE TRANSACTIONS id YIELD transactionId AS transaction
RETURN transaction
