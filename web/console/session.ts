/** Who is logged in: the access token, kept for as long as the tab. */
const KEY = 'wellspring.token';

export const accessToken = (): string | undefined => sessionStorage.getItem(KEY) ?? undefined;
export const keepToken = (token: string): void => sessionStorage.setItem(KEY, token);
export const forgetToken = (): void => sessionStorage.removeItem(KEY);
