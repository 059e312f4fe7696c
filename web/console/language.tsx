/** English and Chinese. Each page keeps its words beside it; a word that one language lacks does not type-check. */
import { createContext, type ReactNode, use, useEffect, useState } from 'react';

export type Language = 'en' | 'zh';
type Words = Readonly<Record<string, string | ((...given: never[]) => string)>>;
/** The same names, and for words that take values the same values. */
type Kin<W extends Words> = { readonly [K in keyof W]: W[K] extends string ? string : W[K] };
export type Dictionary<W extends Words> = { readonly en: W; readonly zh: Kin<W> };

export const dictionary = <const W extends Words>(en: W, zh: Kin<W>): Dictionary<W> => ({ en, zh });

const KEY = 'wellspring.language';
const Context = createContext<{ language: Language; choose: (language: Language) => void }>({
  language: 'en',
  choose: () => {},
});

const preferred = (): Language => {
  const kept = localStorage.getItem(KEY);
  if (kept === 'en' || kept === 'zh') return kept;
  return navigator.language.startsWith('zh') ? 'zh' : 'en';
};

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(preferred);
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
    localStorage.setItem(KEY, language);
  }, [language]);
  return <Context value={{ language, choose: setLanguage }}>{children}</Context>;
}

export const useLanguage = () => use(Context);

/** The words of a page in the language that was chosen. */
export function useWords<W extends Words>(words: Dictionary<W>): W | Kin<W> {
  return words[use(Context).language];
}
