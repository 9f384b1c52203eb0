import { Component, type ReactNode } from 'react';
import { Failed } from './states.tsx';

type Props = { children: ReactNode /** A change clears the error: another page is asked for. */; place: string };
type State = { error: unknown; place: string };

/** A page that breaks (a bug, or code of a version that is no longer served) must never take the watch bar with it. */
export class PageBoundary extends Component<Props, State> {
  override state: State = { error: null, place: this.props.place };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error };
  }

  static getDerivedStateFromProps(props: Props, state: State): Partial<State> | null {
    return props.place === state.place ? null : { error: null, place: props.place };
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return <Failed what="This page" error={this.state.error} retry={() => location.reload()} />;
  }
}
