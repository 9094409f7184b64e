/** Counts how often a content was another: what is told of secrets without telling them. */
export class ContentVersion {
  #count = 0;
  #content: string | undefined;

  of(content: string): number {
    if (content !== this.#content) this.#count += 1;
    this.#content = content;
    return this.#count;
  }
}

/** Versions of the configuration files of those that have some. */
export interface FileVersions {
  readonly apiServer: string | number;
  readonly scheduler: string | number;
}

export const formatFileVersions = ({ apiServer, scheduler }: FileVersions): string => `${apiServer}.${scheduler}`;

export function parseFileVersions(text: string): FileVersions {
  const [apiServer = "", scheduler = ""] = text.split(".");
  return { apiServer, scheduler };
}
