import { GetObjectCommand, ListObjectsV2Command, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { AwsObjects } from './objects.ts';

const denied = new S3ServiceException({ name: 'AccessDenied', $fault: 'client', $metadata: {}, message: '' });

/** A bucket of which the caller may list and read one folder, with these keys in it. */
function restricted(keys: readonly string[]): AwsObjects {
  const client = new S3Client({ region: 'eu-west-1' });
  const mock = mockClient(client);
  mock.on(GetObjectCommand).rejects(denied);
  mock.on(ListObjectsV2Command).callsFake(({ Prefix }: { Prefix: string }) => ({
    Contents: keys.filter((key) => key.startsWith(Prefix)).map((Key) => ({ Key, LastModified: new Date(0) })),
  }));
  return new AwsObjects({ client, bucket: 'lake' });
}

describe('an object that S3 calls forbidden', () => {
  it('is absent when its folder does not list it', async () => {
    expect(await restricted(['events/a/b.parquet', 'events/ab']).get('events/a')).toBeUndefined();
    expect(await restricted([]).get('events/a')).toBeUndefined();
  });

  it('is forbidden when its folder lists it', async () => {
    await expect(restricted(['events/a']).get('events/a')).rejects.toMatchObject({
      code: 'objects_unavailable',
    });
  });

  it('is forbidden when listing is', async () => {
    const client = new S3Client({ region: 'eu-west-1' });
    mockClient(client).rejects(denied);
    const objects = new AwsObjects({ client, bucket: 'lake' });
    await expect(objects.get('events/a')).rejects.toMatchObject({ code: 'objects_unavailable' });
  });
});
