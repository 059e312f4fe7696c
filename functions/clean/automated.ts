/**
 * Is a user agent a program? A maintained list of crawlers (isbot) finds the known ones; the rules here
 * find those nobody has listed yet, by what programs have in common. Only for agents that should be browsers.
 */
import { isbot } from 'isbot';
import { memo } from './memo.ts';

/** What a program calls itself. */
const selfNamed =
  /bot\b|bots\b|[a-z]bot[/_ -]|robot|crawl|spider|slurp|scrap(?:e|y|ing)|archiv|index(?:er|ing)|fetch|monitor|check(?:er)?\b|validat|preview|scanner|feed(?:er|ly|burner|fetch|\b)|harvest|collector|downloader|probe|uptime|lighthouse|pagespeed|gtmetrix|synthetics|inspect|optimi[sz]er|favicon|\bagents?\b|agent\/|\bapi\b|proxy|verif|analy[sz]er|research|survey|^ia_|\btest\b|load ?test/i;
/** Libraries and tools that speak HTTP. */
const tools =
  /\b(?:curl|wget|libwww|lwp|python|urllib|requests|aiohttp|httpx|scrapy|java\/\d|jakarta|okhttp|apache-http|httpclient|http_request|http client|go-http|golang|ruby|perl|php|guzzle|node|node-fetch|axios|undici|got|deno|bun|winhttp|powershell|postman|insomnia|httpie|cfnetwork|nutch|heritrix|mechanize|faraday|typhoeus|dart|reqwest|hyper|colly|rest-?client|superagent|symfony|wordpress|drupal|magento|nagios|zabbix|datadog|newrelic|pingdom|statuscake)\b/i;
/** Browsers driven by a program. */
const driven =
  /headless|phantomjs|slimerjs|selenium|webdriver|puppeteer|playwright|cypress|splash|nightmare|jsdom|zombie|htmlunit|prerender/i;
/** People are not reached through their browser's name: addresses in it belong to operators of programs. */
const contact =
  /https?:\/\/|www\.|[\w.+-]+(?:@|\[at\]|\(at\)| at )[\w-]+\.\w|\+\w+\.\w+\/|\b[\w-]+\.(?:com|org|net|io|ai|de)\b/i;

/** What every browser of this century says of itself. */
const family =
  /^(?:Mozilla\/[45]\.0 \(|Opera\/\d|Dalvik\/|BlackBerry|Nokia|SAMSUNG|SonyEricsson|LG-|DoCoMo\/|UCWEB|MOT-)/;
/** A browser names the engine or system it runs on. */
const engine =
  /Gecko|AppleWebKit|KHTML|Trident|MSIE|Presto|Opera|Windows|Macintosh|Linux|Android|iPhone|iPad/;
const SHORTEST = 20;

/** By the rules alone. Texts of more than 512 characters must be cut first: the patterns look back and forth. */
export function looksAutomated(userAgent: string): boolean {
  return (
    userAgent.length < SHORTEST ||
    !family.test(userAgent) ||
    !engine.test(userAgent) ||
    selfNamed.test(userAgent) ||
    tools.test(userAgent) ||
    driven.test(userAgent) ||
    contact.test(userAgent)
  );
}

/** For an agent that should be a browser. */
export const isAutomatedBrowser: (userAgent: string) => boolean = memo(
  (userAgent) => looksAutomated(userAgent) || isbot(userAgent),
);

/** What a server passes on may be an app's own name: only what calls itself a crawler counts. */
const crawler = /bot\b|robot|crawl|spider|slurp|headless|phantomjs/i;
export const isNamedCrawler: (userAgent: string) => boolean = memo((userAgent) => crawler.test(userAgent));
