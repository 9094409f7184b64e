/** The reason to abort with when a lease is not needed any more: the server may give its addresses to others. */
export const notNeeded = Symbol("the lease is not needed any more");
