import type { PageStanding } from '../../report/page/kernels-page.ts';

/** The words of the page of several kernels. */
export interface KernelsWords {
  readonly kernels: string;
  readonly kernel: string;
  readonly result: string;
  readonly claims: string;
  readonly onlyDifferences: string;
  readonly shown: (shown: number, all: number) => string;
  readonly differing: (differing: number, unexplained: number) => string;
  readonly says: string;
  readonly why: string;
  readonly unexplained: string;
  readonly undecided: string;
  readonly failed: string;
  readonly rules: string;
  readonly rulesHint: string;
  readonly standings: Readonly<Record<PageStanding, string>>;
  readonly otherwise: (kernel: string) => string;
  readonly times: string;
  readonly timesHint: string;
  readonly whole: string;
  readonly boot: string;
  readonly run: string;
  readonly collect: string;
  readonly secondBoots: string;
  readonly most: (seconds: string) => string;
  readonly noMachines: string;
}

export const KERNELS_EN: KernelsWords = {
  kernels: 'Kernels',
  kernel: 'Kernel',
  result: 'What became of it',
  claims: 'Claims and kernels',
  onlyDifferences: 'only differences',
  shown: (shown, all) => `${shown} of ${all} claims`,
  differing: (differing, unexplained) =>
    `${differing} ${differing === 1 ? 'claim differs' : 'claims differ'} between the kernels, ${unexplained} of them not explained by a known rule`,
  says: 'Document says',
  why: 'Why they differ',
  unexplained: 'not explained by a known rule',
  undecided: 'not every kernel decides it',
  failed: 'failed',
  rules: 'Rules that tell these kernels apart',
  rulesHint: 'By the release of each kernel, not by measurement.',
  standings: {
    followed: 'yes',
    backported: 'backported',
    'not-yet': 'no',
    replaced: 'replaced',
    unknown: '-',
  },
  otherwise: (kernel) =>
    `${kernel} behaves otherwise than its release suggests (a backport, or one that is missing)`,
  times: 'Times',
  timesHint: 'Seconds of each virtual machine: in the middle, and at most.',
  whole: 'All runs',
  boot: 'Boot',
  run: 'Run',
  collect: 'Collect',
  secondBoots: 'Second boots',
  most: (seconds) => `most ${seconds}`,
  noMachines: 'no virtual machines',
};

export const KERNELS_ZH: KernelsWords = {
  kernels: '内核',
  kernel: '内核',
  result: '结果',
  claims: '论断与内核',
  onlyDifferences: '只看有差异的',
  shown: (shown, all) => `显示 ${shown} 条，共 ${all} 条论断`,
  differing: (differing, unexplained) =>
    `${differing} 条论断在各内核上不同，其中 ${unexplained} 条没有已知规则可以解释`,
  says: '文档说',
  why: '为何不同',
  unexplained: '没有已知规则可以解释',
  undecided: '并非每个内核都能判定',
  failed: '失败',
  rules: '区分这些内核的规则',
  rulesHint: '依据各内核的版本号，而非实测。',
  standings: {
    followed: '是',
    backported: '已回移植',
    'not-yet': '否',
    replaced: '已被取代',
    unknown: '-',
  },
  otherwise: (kernel) => `${kernel} 的行为与其版本号不符（回移植了补丁，或缺少补丁）`,
  times: '用时',
  timesHint: '每台虚拟机的秒数：中位数与最大值。',
  whole: '全部运行',
  boot: '启动',
  run: '运行',
  collect: '收集',
  secondBoots: '第二次启动',
  most: (seconds) => `最多 ${seconds}`,
  noMachines: '没有虚拟机',
};
