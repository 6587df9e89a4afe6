/** The published fingerprint of a file, in hexadecimal. */
export type Checksum = { readonly sha256: string } | { readonly md5: string };

/** A file of a data set. */
export interface DataFile {
  /** In the data set's folder. */
  name: string;
  /** Where it is published, or null where these very bytes are nowhere to be had. */
  url: string | null;
  bytes: number;
  checksum: Checksum;
  /** Of what is in it, where people gzip that themselves: no two gzips need have the same bytes. */
  unpacked?: Checksum;
  /** The file is this member of the zip archive at `url`; size and checksum are the member's. */
  member?: string;
}

/** What of a data set the loaders and the downloader need. */
export interface DataFiles {
  /** Of the data set, and of its folder. */
  name: string;
  files: readonly DataFile[];
  /** What files without an address are made of, for the sentence "they have no address, being <origin>". */
  origin?: string;
}
