import { Generator } from "gymnasium-js";
import { groupedRows, stratifiedRows } from "../../supervised/data/index.js";
import type { DataFile } from "../data-file.js";
import { type ParallelText, pairLines, parseLines, parseTabbedPairs, parseText } from "../formats/text.js";
import {
  type CatalogueEntry,
  type LabelledSentences,
  type LoadedPairs,
  type LoadedSentences,
  type LoadedText,
  type LoadOptions,
  reader,
} from "./entry.js";

const raw = "https://raw.githubusercontent.com";

/** Shakespeare's plays, a million characters. */
export const tinyshakespeare: CatalogueEntry<LoadedText> = {
  name: "tinyshakespeare",
  title: "plays of Shakespeare, 1,115,394 characters, 65 different ones",
  split: "usual (nanoGPT): the first 90 % train, the rest validation",
  licence: "MIT; the text is in the public domain",
  citation: "A. Karpathy: char-rnn, 2015, https://github.com/karpathy/char-rnn",
  files: [
    {
      name: "input.txt",
      url: `${raw}/karpathy/char-rnn/d1d7aa34fdb3626174bce1d753e6cc6845ce7087/data/tinyshakespeare/input.txt`,
      bytes: 1_115_394,
      checksum: { sha256: "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed" },
    },
  ],
  load: ({ folder } = {}) => {
    const text = parseText(reader(tinyshakespeare, folder)("input.txt"), "input.txt");
    const cut = Math.floor(0.9 * text.length);
    return { kind: "text", splits: { train: text.slice(0, cut), validation: text.slice(cut) } };
  },
};

const polarityUrl = `${raw}/dennybritz/cnn-text-classification-tf/a0d0e9742b3dc42194955e78858f7be93027c75e/data/rt-polaritydata`;

/** Sentences of film reviews, in lower case and tokenised by spaces; negative is class 0. */
export const rtPolarity: CatalogueEntry<LoadedSentences> = {
  name: "rt-polarity",
  title: "sentences of film reviews, 10,662, negative or positive",
  split: "not official (10-fold is usual): 90 % train, 10 % test, as many of each class, drawn from the seed",
  licence: "none stated; research use",
  citation: "B. Pang, L. Lee: Seeing stars, ACL 2005",
  files: [
    {
      name: "rt-polarity.neg",
      url: `${polarityUrl}/rt-polarity.neg`,
      bytes: 612_506,
      checksum: { sha256: "2d11cfbc790f1cd96d78339f41ce53ced1efa83cd22d37d6788fa3fe3d17e2fd" },
    },
    {
      name: "rt-polarity.pos",
      url: `${polarityUrl}/rt-polarity.pos`,
      bytes: 626_395,
      checksum: { sha256: "4134882974a28d0c7b5151256f0e33a6169984ee7372c279e673f1114f475d58" },
    },
  ],
  load: ({ folder, seed = 0 } = {}) => {
    const read = reader(rtPolarity, folder);
    const [negative, positive] = ["rt-polarity.neg", "rt-polarity.pos"].map((file) =>
      parseLines(read(file), file).map((line) => line.trim()),
    );
    const sentences = [...negative!, ...positive!];
    const labels = Int32Array.from(sentences, (_, row) => Number(row >= negative!.length));
    const [train, test] = stratifiedRows(labels, [0.9, 0.1], new Generator(seed)).map(
      (rows): LabelledSentences => ({
        sentences: Array.from(rows, (row) => sentences[row]!),
        labels: rows.map((row) => labels[row]!),
      }),
    );
    return { kind: "sentences", classes: ["negative", "positive"], splits: { train: train!, test: test! } };
  },
};

/** English sentences and Swedish translations. */
export const tatoeba: CatalogueEntry<LoadedPairs> = {
  name: "tatoeba-en-sv",
  title: "English sentences and Swedish translations, 25,286 pairs",
  split: "not official: 80 % train, 10 % validation, 10 % test of the English sentences, drawn from the seed",
  licence: "CC BY 2.0 FR",
  citation: "www.manythings.org/anki and tatoeba.org, 2023-11-29",
  files: [
    {
      name: "swe.txt",
      url: `${raw}/emilolio/translation-transformer/bc1be102ca7c455ca4bfb6ed46a93f4d8263d9a2/swe-eng.zip`,
      member: "swe.txt",
      bytes: 3_434_715,
      checksum: { sha256: "de3ddba6b19460583c54b900d4d53d0023b34510bc31e3b0d39f7174bb55a6e7" },
    },
  ],
  load: ({ folder, seed = 0 } = {}) => {
    const pairs = parseTabbedPairs(reader(tatoeba, folder)("swe.txt"), "swe.txt");
    const numbers = new Map<string, number>();
    const groups = pairs.source.map((sentence) => {
      const number = numbers.get(sentence) ?? numbers.size;
      numbers.set(sentence, number);
      return number;
    });
    const [train, validation, test] = groupedRows(groups, [0.8, 0.1, 0.1], new Generator(seed)).map((rows) =>
      pairsAt(pairs, rows),
    );
    return { kind: "pairs", splits: { train: train!, validation: validation!, test: test! } };
  },
};

/** Languages that the English captions come with. */
export const multi30kLanguages = ["de", "fr"] as const;

export interface Multi30kOptions extends LoadOptions {
  /** Default `de`. */
  target?: (typeof multi30kLanguages)[number];
}

const multi30kUrl = `${raw}/multi30k/dataset/a3d2e0d26b56f3846f66a952536ffed4e401d05a/data/task1/raw`;

/** English captions of photographs and their German or French translations. */
export const multi30k = {
  name: "multi30k",
  title: "English captions and German or French translations, 31,014 each",
  split: "official: 29,000 train, 1,014 validation, 1,000 test (2016, Flickr)",
  licence: "none stated; research use",
  citation: "D. Elliott, S. Frank, K. Sima'an, L. Specia: Multi30K, 2016; French: D. Elliott et al., 2017",
  files: [
    captions("train.en.gz", 568_929, "d79cfa999dd4c51d2cb42499b6796d5a882c3a8a961923c25a898c90f8bbd56f"),
    captions("train.de.gz", 637_044, "726e39b2fa9eb9ffb6dc763fb35a179f80fae06ffc5d28b6ace5faa883de28a6"),
    captions("train.fr.gz", 604_242, "622e75069e9f4c577425c4f277116ce66e63a2401c0a2312d90073cb12379a3c"),
    captions("val.en.gz", 21_650, "14f7d25ddd868909a9213e361768460edcacdd6ab9d1e77b92560dc10c10dc28"),
    captions("val.de.gz", 24_681, "f0cba2f995189cf5770f29a8a9a537a3ad3f51657ad873405082ff6863a5e75a"),
    captions("val.fr.gz", 23_001, "ca3106f1a72390591d25f6c45cb4cd39dec4cd3f123e099748a3ce5256c160e9"),
    captions(
      "test_2016_flickr.en.gz",
      21_077,
      "611d361c6334bc7246101d48097c13cf5c4413c5befc793cc629934359d532d9",
    ),
    captions(
      "test_2016_flickr.de.gz",
      22_890,
      "9204244e408ccb38d2a55cfcd344df15005fc42a07a6e55ca6c52b6ababb8cc8",
    ),
    captions(
      "test_2016_flickr.fr.gz",
      22_310,
      "6d326e188d259fb1d04ac19eae3af956559b3a0b93d7635e56c90987c40c8b90",
    ),
  ],
  load: ({ folder, target = "de" }: Multi30kOptions = {}): LoadedPairs => {
    const read = reader(multi30k, folder);
    const splitOf = (part: string): ParallelText => {
      const [source, translated] = [`${part}.en.gz`, `${part}.${target}.gz`].map((name) => ({
        name,
        lines: parseLines(read(name), name),
      }));
      return pairLines(source!, translated!);
    };
    return {
      kind: "pairs",
      splits: { train: splitOf("train"), validation: splitOf("val"), test: splitOf("test_2016_flickr") },
    };
  },
} satisfies CatalogueEntry<LoadedPairs>;

function captions(name: string, bytes: number, sha256: string): DataFile {
  return { name, url: `${multi30kUrl}/${name}`, bytes, checksum: { sha256 } };
}

function pairsAt({ source, target }: ParallelText, rows: Int32Array): ParallelText {
  return {
    source: Array.from(rows, (row) => source[row]!),
    target: Array.from(rows, (row) => target[row]!),
  };
}
