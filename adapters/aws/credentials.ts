/** Lambda's credentials, in place of the SDK's search through files, metadata services and sign-in caches. */
import { WellspringError } from '../../domain/errors.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Named as the SDK's own provider, which the bundles replace by this one. Lambda sets all three variables. */
export const defaultProvider = () => (): Promise<Credentials> => {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = process.env;
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    return Promise.reject(new WellspringError('invalid_settings', 'The environment holds no credentials.'));
  }
  return Promise.resolve({
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  });
};
