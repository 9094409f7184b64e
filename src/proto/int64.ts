import Long from "long";

/** A 64-bit integer as protobuf classes accept it. Never pass a BigInt: it would be encoded as 0. */
export type Int64 = number | Long;

/** As a number; exact up to 2^53, which sizes, times and counters do not exceed. */
export const toNumber = (value: Int64): number => (typeof value === "number" ? value : value.toNumber());

/** As a BigInt, exact: for ids that use all the bits. */
export const toBigInt = (value: Int64): bigint => BigInt(value.toString());

/** From a BigInt, as an unsigned 64-bit integer; higher bits are cut off. */
export const unsigned = (value: bigint): Long => Long.fromString(BigInt.asUintN(64, value).toString(), true);

/** From a BigInt, as a signed 64-bit integer; higher bits are cut off. */
export const signed = (value: bigint): Long => Long.fromString(BigInt.asIntN(64, value).toString(), false);
