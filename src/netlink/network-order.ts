/** A number of 16 bits as the network orders its bytes, or back. */
export const networkOrder = (value: number): number => ((value & 0xff) << 8) | (value >> 8);
