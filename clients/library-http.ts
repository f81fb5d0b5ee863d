/** The HTTP clients: each asks for `/`, as its documentation shows it first. */
import http from 'node:http';
import { type LoadLibrary, timeoutOptions, urlOf } from './library-call.ts';
import { loadPackage } from './load-package.ts';

export const loadNodeHttp: LoadLibrary = async (target) => (say) =>
  new Promise((resolve, reject) => {
    const request = http.get(
      urlOf(target, 'http'),
      timeoutOptions(target.timeoutMs, 'timeout'),
      (response) => {
        response.resume().on('end', () => resolve('answered'));
      },
    );
    request.on('timeout', () => say('timeout'));
    request.on('error', reject);
  });

export const loadFetch: LoadLibrary = async (target) => async () => {
  const { timeoutMs } = target;
  const response = await fetch(urlOf(target, 'http'), {
    ...(timeoutMs === null ? {} : { signal: AbortSignal.timeout(timeoutMs) }),
  });
  await response.text();
  return 'answered';
};

export const loadUndici: LoadLibrary = async (target) => {
  const undici = await loadPackage<typeof import('undici')>(target);
  return async () => {
    const options = timeoutOptions(
      target.timeoutMs,
      'connectTimeout',
      'headersTimeout',
      'bodyTimeout',
    );
    const { body } = await undici.request(urlOf(target, 'http'), {
      ...(target.timeoutMs === null ? {} : { dispatcher: new undici.Agent(options) }),
    });
    await body.text();
    return 'answered';
  };
};

export const loadAxios: LoadLibrary = async (target) => {
  const axios = await loadPackage<typeof import('axios')['default']>(target);
  return async () => {
    await axios.get(urlOf(target, 'http'), timeoutOptions(target.timeoutMs, 'timeout'));
    return 'answered';
  };
};

export const loadGot: LoadLibrary = async (target) => {
  const got = await loadPackage<typeof import('got')['default']>(target);
  return async (say) => {
    await got(urlOf(target, 'http'), {
      timeout: timeoutOptions(target.timeoutMs, 'connect', 'request'),
      hooks: { beforeRetry: [(error) => say('retry', error)] },
    });
    return 'answered';
  };
};
