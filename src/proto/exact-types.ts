/**
 * Narrows the types that pbjs writes. It types what `decode` returns like what `encode` accepts: any field of a nested
 * message may be missing or null there. Decoded messages are class instances all the way down, whose scalar fields
 * always have a value, so inside a class body a field's type can be the class itself.
 */
export function exactTypes(declarations: string): string {
  let inClass = false;
  return declarations
    .split("\n")
    .map((line) => {
      if (/^\s*class \w+ \{$/.test(line)) inClass = true;
      else if (/^\s*(namespace|interface) /.test(line)) inClass = false;
      if (!inClass) return line;
      if (/^\s*static decode\(/.test(line)) return line.replace(/: (\S+) & \S+\.\$Shape;$/, ": $1;");
      if (/^\s*(static|constructor)/.test(line)) return line;
      return line.replaceAll(".$Properties", "");
    })
    .join("\n");
}
