/** The key for pseudonyms and fingerprints, read once per cold start. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { WellspringError } from '../../domain/errors.ts';

/** At least 256 bits. A short or foreign text would make every pseudonym guessable, so it is refused. */
const HEX = /^[0-9a-f]{64,}$/;

/** @throws WellspringError `invalid_settings` when the secret is not 64 or more hex digits. */
export async function readSecret(arn: string): Promise<string> {
  const client = new SecretsManagerClient();
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
    if (SecretString !== undefined && HEX.test(SecretString)) return SecretString;
    throw new WellspringError('invalid_settings', 'The secret must be 64 or more hex digits.');
  } finally {
    client.destroy();
  }
}
