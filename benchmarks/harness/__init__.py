"""The benchmark's own machinery: servers started and stopped, the generator directed, figures weighed."""
