export { address, addressPort, hardwareAddress, prefix } from "./address.ts";
export { enumeration, flags } from "./enumeration.ts";
export { mapOf } from "./map.ts";
export { inline, message } from "./message.ts";
export { certificate, certificateAndKey, privateKey } from "./pem.ts";
export { base64Bytes, boolean, bytes, double, int32, int64, string, textBytes, uint32, uint64 } from "./scalar.ts";
export { struct } from "./struct.ts";
export { duration, timestamp } from "./time.ts";
export { url } from "./url.ts";
