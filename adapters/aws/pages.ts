/** Puts files where CloudFront serves them from. */
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

export interface PageFile {
  /** Path below the root of the site. */
  readonly key: string;
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly cacheControl: string;
}

/** In the order given, so that a page can come after the files it names. */
export async function uploadPages(
  client: S3Client,
  bucket: string,
  files: readonly PageFile[],
): Promise<void> {
  for (const { key, body, contentType, cacheControl } of files) {
    await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: contentType,
        CacheControl: cacheControl,
      }),
    );
  }
}
