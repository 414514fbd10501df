package platform

import (
	"cmp"
	"log/slog"
	"sync/atomic"
	"time"
)

// Config says what a platform is made of. Store, Connectors and Secrets are required.
type Config struct {
	Store           Store
	Connectors      Connectors
	Secrets         Cipher           // keeps configurations at rest
	Now             func() time.Time // nil: time.Now
	Logger          *slog.Logger     // nil: nothing is logged
	Retry           RetryPolicy
	Disable         DisablePolicy
	Retention       Retention
	Poster          Poster        // sends notices to web hooks; nil: none are sent
	MinimumInterval time.Duration // shortest time between scheduled syncs of a connection; 0: no limit
	CheckTimeout    time.Duration // 0: ten minutes
	DiscoverTimeout time.Duration // 0: thirty minutes
	// SchemaAge is how old the last discover of a source may be when a sync begins; an older one is done again first. 0: a day;
	// below 0: syncs never discover.
	SchemaAge time.Duration
}

// Cipher keeps secrets at rest. What was sealed with some additional data opens only with the same.
type Cipher interface {
	Seal(plain, additional []byte) ([]byte, error)
	Open(sealed, additional []byte) ([]byte, error)
}

// Platform is the rules of a deployment. It is safe for concurrent use and keeps everything in its store.
//
// Refusals are returned as [*Error], which match the sentinels of this package. Configurations in answers have their secrets
// replaced by [Mask].
type Platform struct {
	store           Store
	connectors      Connectors
	secrets         Cipher
	now             func() time.Time
	log             *slog.Logger
	retry           RetryPolicy
	disable         DisablePolicy
	retention       Retention
	poster          Poster
	noticed         chan struct{}
	minimumInterval time.Duration
	checkTimeout    time.Duration
	discoverTimeout time.Duration
	schemaAge       time.Duration
	engine          atomic.Pointer[Engine]
	schemas         schemaCache
	flights         flights
	admissions      admissions
	places          places
}

// New makes a platform over a store. It does no I/O.
func New(cfg Config) *Platform {
	p := &Platform{
		store:           cfg.Store,
		connectors:      cfg.Connectors,
		secrets:         cfg.Secrets,
		now:             cfg.Now,
		log:             cfg.Logger,
		retry:           cfg.Retry.withDefaults(),
		disable:         cfg.Disable.withDefaults(),
		retention:       cfg.Retention.withDefaults(),
		poster:          cfg.Poster,
		noticed:         make(chan struct{}, 1),
		minimumInterval: cfg.MinimumInterval,
		checkTimeout:    cmp.Or(cfg.CheckTimeout, 10*time.Minute),
		discoverTimeout: cmp.Or(cfg.DiscoverTimeout, 30*time.Minute),
		schemaAge:       cmp.Or(cfg.SchemaAge, 24*time.Hour),
	}
	if p.poster == nil {
		p.poster = noPoster{}
	}
	if p.now == nil {
		p.now = time.Now
	}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	return p
}

// Attach tells the platform who runs its jobs. Without an engine jobs wait in the store.
func (p *Platform) Attach(e Engine) { p.engine.Store(&e) }

// notify tells those who deliver notices that there may be some.
func (p *Platform) notify() {
	select {
	case p.noticed <- struct{}{}:
	default:
	}
}

// wake tells those who work in the background that something changed.
func (p *Platform) wake() {
	p.notify()
	if e := p.engine.Load(); e != nil {
		(*e).Wake()
	}
}

// clock is the present as it is stored: in UTC and whole milliseconds, so that what was written equals what is read.
func (p *Platform) clock() time.Time { return p.now().UTC().Truncate(time.Millisecond) }
