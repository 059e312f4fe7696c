/** What the browser tells about itself and the page, in Segment's words. */

/** Set by the build. */
declare const VERSION: string;

declare global {
  interface Navigator {
    readonly globalPrivacyControl?: boolean;
  }
}

/** Properties of the current page; the fragment of the address is left out. */
export function pageOf(): Record<string, string> {
  const { origin, pathname, search } = location;
  return {
    url: origin + pathname + search,
    path: pathname,
    search,
    title: document.title,
    referrer: document.referrer,
  };
}

function campaignOf(search: string): Record<string, string> | undefined {
  let campaign: Record<string, string> | undefined;
  new URLSearchParams(search).forEach((value, name) => {
    if (name.startsWith('utm_')) (campaign ??= {})[name === 'utm_campaign' ? 'name' : name.slice(4)] = value;
  });
  return campaign;
}

export function contextOf(): Record<string, unknown> {
  const { language, userAgent, globalPrivacyControl } = navigator;
  const { width, height } = screen;
  return {
    library: { name: 'wellspring.js', version: VERSION },
    page: pageOf(),
    campaign: campaignOf(location.search),
    locale: language,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    userAgent,
    screen: { width, height },
    // Absent means that the browser sends no such signal.
    gpc: globalPrivacyControl || undefined,
  };
}
