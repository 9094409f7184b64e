/**
 * A value as we hold it: numbers up to 32 bits and doubles are numbers, of 64 bits bigints; strings, object paths and
 * signatures are strings; arrays, structs and entries of dictionaries are arrays.
 */
export type DbusValue = number | bigint | boolean | string | Variant | readonly DbusValue[];

/** A value that carries its type. */
export interface Variant {
  readonly signature: string;
  readonly value: DbusValue;
}
