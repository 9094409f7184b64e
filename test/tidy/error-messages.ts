const thrown = /\bnew (?:Failure|\w+Failure)\(\s*(?:"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/g;

/** The literal messages of the failures that a file makes. Messages put together elsewhere are not seen. */
export function messagesOf(text: string): string[] {
  return [...text.matchAll(thrown)].map((match) => match[1] ?? match[2] ?? "");
}

/** What is wrong with a message, in words; nothing when it follows the house style. */
export function checkMessage(message: string): string[] {
  const faults: string[] = [];
  // A message may begin with the place (`${file}:${line}: …`) or with a whole message made elsewhere. In lower case it
  // is the reason that ends another one, and reaches people only as its cause.
  if (!/^(?:Cannot |\$\{|[a-z])/.test(message)) faults.push('does not begin with "Cannot …"');
  else if (/[.!]$/.test(message) && !message.endsWith("…")) faults.push("ends with a full stop");
  if (message.includes("\n")) faults.push("is longer than a line; put what to do next into the hint");
  return faults;
}
