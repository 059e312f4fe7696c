/** Objects in an S3 bucket. */
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { WellspringError } from '../../domain/errors.ts';
import type { ObjectInfo, Objects, Page } from '../../domain/ports.ts';
import { chunksOf } from './retry.ts';

const DELETE_KEYS = 1000;

/** Every method throws WellspringError `objects_unavailable`. */
export class AwsObjects implements Objects {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(options: { client: S3Client; bucket: string }) {
    this.#client = options.client;
    this.#bucket = options.bucket;
  }

  async put(key: string, data: Uint8Array): Promise<void> {
    await guard(this.#client.send(new PutObjectCommand({ Bucket: this.#bucket, Key: key, Body: data })));
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    try {
      const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
      return await Body?.transformToByteArray();
    } catch (error) {
      if (await this.#isAbsent(key, error)) return undefined;
      throw unavailable(error);
    }
  }

  /** S3 hides a missing object as forbidden from those who may list its folder but not the bucket: listing tells. */
  async #isAbsent(key: string, error: unknown): Promise<boolean> {
    if (!(error instanceof S3ServiceException)) return false;
    if (error.name !== 'AccessDenied') return error.name === 'NoSuchKey';
    const { items } = await this.list({ prefix: key, limit: 1 });
    return items[0]?.key !== key;
  }

  async list(query: { prefix: string; limit?: number; cursor?: string }): Promise<Page<ObjectInfo>> {
    const { Contents, NextContinuationToken } = await guard(
      this.#client.send(
        new ListObjectsV2Command({
          Bucket: this.#bucket,
          Prefix: query.prefix,
          ...(query.limit === undefined ? {} : { MaxKeys: query.limit }),
          ...(query.cursor === undefined ? {} : { ContinuationToken: query.cursor }),
        }),
      ),
    );
    const items = (Contents ?? []).map(({ Key, Size, LastModified }) => ({
      key: Key ?? '',
      size: Size ?? 0,
      modifiedAt: LastModified?.getTime() ?? 0,
    }));
    return NextContinuationToken === undefined ? { items } : { items, cursor: NextContinuationToken };
  }

  async delete(keys: readonly string[]): Promise<void> {
    for (const chunk of chunksOf(keys, DELETE_KEYS)) {
      const Objects = chunk.map((Key) => ({ Key }));
      const { Errors } = await guard(
        this.#client.send(
          new DeleteObjectsCommand({ Bucket: this.#bucket, Delete: { Objects, Quiet: true } }),
        ),
      );
      const failed = Errors?.length ?? 0;
      if (failed > 0) throw new WellspringError('objects_unavailable', `${failed} objects were not deleted`);
    }
  }
}

const unavailable = (cause: unknown): WellspringError =>
  new WellspringError('objects_unavailable', 'the bucket did not answer as expected', { cause });

async function guard<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw unavailable(error);
  }
}
