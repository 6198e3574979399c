// Stop the queries that a lock's owner left on the server
//
// A query that manages its own transactions continues after the lease of its lock has expired, so the next owner of the lock
// stops it first. The metadata of such a query name the owners of its locks.
//
// Params
//   $owner  string
// Returns
//   transaction  string, id of a transaction that is being stopped; no row if there is none
SHOW TRANSACTIONS YIELD transactionId AS id, metaData
WHERE $owner IN metaData.lock_owners
TERMINATE TRANSACTIONS id YIELD transactionId AS transaction
RETURN transaction
